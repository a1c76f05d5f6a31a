"""The routes: each parses, authorises, calls, translates and answers, and holds no science."""
