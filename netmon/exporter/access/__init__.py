"""Who may ask over HTTP and how it is kept private: the web configuration file of the Prometheus family."""
