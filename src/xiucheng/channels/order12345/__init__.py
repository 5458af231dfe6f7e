"""Work orders of the city's 12345 hotline (12345 工单): by its export as a sheet and by its web service; results back in its format."""
