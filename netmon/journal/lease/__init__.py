"""Which of several processes with the same journal acts: a lease kept on the journal's servers."""
