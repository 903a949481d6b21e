"""What people do, one function a deed: the change, its history and its way out in one transaction, each undoable."""
