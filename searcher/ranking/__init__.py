"""What a query should find besides what was typed, and in which order: on query trees, above the engines."""
