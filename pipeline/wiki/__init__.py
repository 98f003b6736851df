"""Wikipedia dumps: pages out of XML, clean text and link spans out of wikitext."""
