"""One module per kind of import (导入种类) of `xiucheng import`."""
