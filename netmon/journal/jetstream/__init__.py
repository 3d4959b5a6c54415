"""The journal on NATS JetStream: a stream of entries, what is kept beside it, and what each server holds of it."""
