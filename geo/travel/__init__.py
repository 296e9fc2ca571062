"""Travel time: by the road where a road network is loaded, estimated elsewhere; labelled, never mixed."""
