"""Households on one machine: network namespaces with a provider, home routers, a host and a piece of internet."""
