"""The sources and the pages in; every promise of the documentation that is not kept out (``docs.validate``)."""
