"""An Actor small enough to run in every way there is. Its twin in JavaScript leaves the same behind."""
