"""Do other implementations conform: traces and driven runs judged against the reference."""
