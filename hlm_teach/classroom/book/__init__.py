"""The book: the course as a web site that any server can show, and as a PDF."""
