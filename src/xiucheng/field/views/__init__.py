"""Pages of the phone (一线页面): tasks on site, work of units, reports, messages."""
