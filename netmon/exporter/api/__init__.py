"""The picture as JSON documents, and the stream of its changes."""
