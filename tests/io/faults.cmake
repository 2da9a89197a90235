# The calls that tests/io/faults.cpp can make fail: for each, the linker resolves CALL to __wrap_CALL and __real_CALL to the original.
foreach(call socket setsockopt getsockopt bind getsockname connect sendmsg recvmsg recvfrom send recv ppoll open read opendir getrandom
             mnl_socket_open2 mnl_socket_bind mnl_socket_sendto mnl_socket_recvfrom
             pcap_create pcap_activate pcap_setdirection pcap_compile pcap_setfilter pcap_setnonblock pcap_get_selectable_fd pcap_next_ex pcap_stats
             curl_global_init curl_easy_init curl_multi_init curl_slist_append curl_multi_add_handle curl_multi_perform curl_multi_poll
             ares_library_init ares_init_options
             nft_ctx_new nft_ctx_buffer_output nft_ctx_buffer_error nft_run_cmd_from_buffer)
  target_link_options(test-io PRIVATE -Wl,--wrap=${call})
endforeach()
