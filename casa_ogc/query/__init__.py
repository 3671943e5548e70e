"""The query core: what is asked, what it would cost, and the answer."""
