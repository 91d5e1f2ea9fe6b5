"""One way out: events to every open stream, resumable, nothing partial."""
