"""How well papers are ranked: topics with the papers that answer them, and papers that somebody knows and looks for."""
