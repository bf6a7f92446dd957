"""The only room that knows Prefect: it schedules, retries and shows; the pipeline does the work."""
