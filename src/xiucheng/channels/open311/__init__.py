"""Open311 GeoReport v2 (开放接口): other cities' programs report here and follow what became of it; we hand cases to their servers."""
