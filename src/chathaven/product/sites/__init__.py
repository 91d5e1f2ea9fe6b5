"""Where the widget lives: snippet, origins, appearance, languages."""
