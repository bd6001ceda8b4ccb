"""One typed function for each setting of ours; `config_declaration.yaml` declares and explains them."""
