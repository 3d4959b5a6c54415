"""From observations to the faults behind them: the cheapest consistent explanation, and what it darkens."""
