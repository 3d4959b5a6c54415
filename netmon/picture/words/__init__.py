"""The picture in words, in English and Indonesian: faults, and why a site has its verdict."""
