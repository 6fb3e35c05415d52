"""The findings about published protocols, each shown by what replays it, and told as a matrix."""
