"""Pure decoders, one file per MIB family: rows of variables in, SI values out."""
