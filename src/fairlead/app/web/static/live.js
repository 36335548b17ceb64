// Makes what is live on a page follow the server; every page is whole without it.
