"""What others read: metrics, API and page, all rendered from one picture and the measurements."""
