"""The words that go to models, as files. No code belongs here."""
