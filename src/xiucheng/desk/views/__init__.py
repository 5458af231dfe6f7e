"""The desk's pages (工作台页面), one module per subject."""
