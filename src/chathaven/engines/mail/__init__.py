"""Letters: by SMTP, or into the outbox folder."""
