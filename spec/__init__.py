"""What must hold: the data types, properties and trace format of TEE-Rider."""
