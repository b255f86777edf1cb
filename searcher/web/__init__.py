"""The archive for browsers, programs and feed readers, over HTTP; read-only."""
