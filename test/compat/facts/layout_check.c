/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * layout_check.c - the public structs of libevent 2.1.12 on x86-64.
 *
 * Compile as C11 or C++17 against the headers to be checked.  With
 * -DLAYOUT_CHECK_MAIN it also has a main() that checks the bit-field
 * positions at run time (exit status 0: as expected).  One fact a line: the
 * checks pick lines by header.
 */
/* clang-format off */
#include <event.h>
#include <evhttp.h>
#include <evdns.h>
#include <evrpc.h>
#include <evutil.h>
#include <event2/buffer.h>
#include <event2/buffer_compat.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_compat.h>
#include <event2/bufferevent_ssl.h>
#include <event2/bufferevent_struct.h>
#include <event2/dns.h>
#include <event2/dns_compat.h>
#include <event2/dns_struct.h>
#include <event2/event-config.h>
#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/event_struct.h>
#include <event2/http.h>
#include <event2/http_compat.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <event2/rpc.h>
#include <event2/rpc_compat.h>
#include <event2/rpc_struct.h>
#include <event2/tag.h>
#include <event2/tag_compat.h>
#include <event2/thread.h>
#include <event2/util.h>
#include <event2/visibility.h>
#include <stddef.h>

#ifdef __cplusplus
#include <type_traits>
#define LC(cond, text) static_assert(cond, text)
#define LC_ALIGN(s) alignof(s)
#define LC_SAME(s, m, ...) std::is_same<decltype(((s *)0)->m), __VA_ARGS__>::value
#else
#define LC(cond, text) _Static_assert(cond, text)
#define LC_ALIGN(s) _Alignof(s)
#define LC_SAME(s, m, ...) __builtin_types_compatible_p(__typeof__(((s *)0)->m), __VA_ARGS__)
#endif
#define LC_STRUCT(s, size, align) \
	LC(sizeof(s) == (size), #s " size"); LC(LC_ALIGN(s) == (align), #s " alignment")
#define LC_MEMBER(s, m, off, size) \
	LC(offsetof(s, m) == (off), #s "." #m " offset"); \
	LC(sizeof(((s *)0)->m) == (size), #s "." #m " size")
#define LC_TYPE(s, m, ...) LC(LC_SAME(s, m, __VA_ARGS__), #s "." #m " type")

#ifdef EVRPC_HEADER
EVRPC_HEADER(probe, probe_in, probe_out)
#endif

/* struct bufferevent, event2/bufferevent_struct.h */
LC_STRUCT(struct bufferevent, 392, 8);
LC_MEMBER(struct bufferevent, ev_base, 0, 8);
LC_TYPE(struct bufferevent, ev_base, struct event_base *);
LC_MEMBER(struct bufferevent, be_ops, 8, 8);
LC_TYPE(struct bufferevent, be_ops, const struct bufferevent_ops *);
LC_MEMBER(struct bufferevent, ev_read, 16, 128);
LC_TYPE(struct bufferevent, ev_read, struct event);
LC_MEMBER(struct bufferevent, ev_write, 144, 128);
LC_TYPE(struct bufferevent, ev_write, struct event);
LC_MEMBER(struct bufferevent, input, 272, 8);
LC_TYPE(struct bufferevent, input, struct evbuffer *);
LC_MEMBER(struct bufferevent, output, 280, 8);
LC_TYPE(struct bufferevent, output, struct evbuffer *);
LC_MEMBER(struct bufferevent, wm_read, 288, 16);
LC_TYPE(struct bufferevent, wm_read, struct event_watermark);
LC_MEMBER(struct bufferevent, wm_write, 304, 16);
LC_TYPE(struct bufferevent, wm_write, struct event_watermark);
LC_MEMBER(struct bufferevent, readcb, 320, 8);
LC_TYPE(struct bufferevent, readcb, void (*)(struct bufferevent *, void *));
LC_MEMBER(struct bufferevent, writecb, 328, 8);
LC_TYPE(struct bufferevent, writecb, void (*)(struct bufferevent *, void *));
LC_MEMBER(struct bufferevent, errorcb, 336, 8);
LC_TYPE(struct bufferevent, errorcb, void (*)(struct bufferevent *, short, void *));
LC_MEMBER(struct bufferevent, cbarg, 344, 8);
LC_TYPE(struct bufferevent, cbarg, void *);
LC_MEMBER(struct bufferevent, timeout_read, 352, 16);
LC_TYPE(struct bufferevent, timeout_read, struct timeval);
LC_MEMBER(struct bufferevent, timeout_write, 368, 16);
LC_TYPE(struct bufferevent, timeout_write, struct timeval);
LC_MEMBER(struct bufferevent, enabled, 384, 2);
LC_TYPE(struct bufferevent, enabled, short);

/* struct evbuffer_cb_info, event2/buffer.h */
LC_STRUCT(struct evbuffer_cb_info, 24, 8);
LC_MEMBER(struct evbuffer_cb_info, orig_size, 0, 8);
LC_TYPE(struct evbuffer_cb_info, orig_size, unsigned long);
LC_MEMBER(struct evbuffer_cb_info, n_added, 8, 8);
LC_TYPE(struct evbuffer_cb_info, n_added, unsigned long);
LC_MEMBER(struct evbuffer_cb_info, n_deleted, 16, 8);
LC_TYPE(struct evbuffer_cb_info, n_deleted, unsigned long);

/* struct evbuffer_iovec, event2/buffer.h */
LC_STRUCT(struct evbuffer_iovec, 16, 8);
LC_MEMBER(struct evbuffer_iovec, iov_base, 0, 8);
LC_TYPE(struct evbuffer_iovec, iov_base, void *);
LC_MEMBER(struct evbuffer_iovec, iov_len, 8, 8);
LC_TYPE(struct evbuffer_iovec, iov_len, unsigned long);

/* struct evbuffer_ptr, event2/buffer.h */
LC_STRUCT(struct evbuffer_ptr, 24, 8);
LC_MEMBER(struct evbuffer_ptr, pos, 0, 8);
LC_TYPE(struct evbuffer_ptr, pos, long);
LC_MEMBER(struct evbuffer_ptr, internal_, 8, 16);
LC_MEMBER(struct evbuffer_ptr, internal_.chain, 8, 8);
LC_TYPE(struct evbuffer_ptr, internal_.chain, void *);
LC_MEMBER(struct evbuffer_ptr, internal_.pos_in_chain, 16, 8);
LC_TYPE(struct evbuffer_ptr, internal_.pos_in_chain, unsigned long);

/* struct evdns_server_question, event2/dns_struct.h */
LC_STRUCT(struct evdns_server_question, 12, 4);
LC_MEMBER(struct evdns_server_question, type, 0, 4);
LC_TYPE(struct evdns_server_question, type, int);
LC_MEMBER(struct evdns_server_question, dns_question_class, 4, 4);
LC_TYPE(struct evdns_server_question, dns_question_class, int);
#ifndef __cplusplus
LC_MEMBER(struct evdns_server_question, class, 4, 4);
#endif
LC_MEMBER(struct evdns_server_question, name, 8, 1);
LC_TYPE(struct evdns_server_question, name, char[1]);

/* struct evdns_server_request, event2/dns_struct.h */
LC_STRUCT(struct evdns_server_request, 16, 8);
LC_MEMBER(struct evdns_server_request, flags, 0, 4);
LC_TYPE(struct evdns_server_request, flags, int);
LC_MEMBER(struct evdns_server_request, nquestions, 4, 4);
LC_TYPE(struct evdns_server_request, nquestions, int);
LC_MEMBER(struct evdns_server_request, questions, 8, 8);
LC_TYPE(struct evdns_server_request, questions, struct evdns_server_question **);

/* struct event, event2/event_struct.h */
LC_STRUCT(struct event, 128, 8);
LC_MEMBER(struct event, ev_evcallback, 0, 40);
LC_TYPE(struct event, ev_evcallback, struct event_callback);
LC_MEMBER(struct event, ev_timeout_pos, 40, 16);
LC_MEMBER(struct event, ev_timeout_pos.ev_next_with_common_timeout, 40, 16);
LC_MEMBER(struct event, ev_timeout_pos.ev_next_with_common_timeout.tqe_next, 40, 8);
LC_TYPE(struct event, ev_timeout_pos.ev_next_with_common_timeout.tqe_next, struct event *);
LC_MEMBER(struct event, ev_timeout_pos.ev_next_with_common_timeout.tqe_prev, 48, 8);
LC_TYPE(struct event, ev_timeout_pos.ev_next_with_common_timeout.tqe_prev, struct event **);
LC_MEMBER(struct event, ev_timeout_pos.min_heap_idx, 40, 4);
LC_TYPE(struct event, ev_timeout_pos.min_heap_idx, int);
LC_MEMBER(struct event, ev_fd, 56, 4);
LC_TYPE(struct event, ev_fd, int);
LC_MEMBER(struct event, ev_base, 64, 8);
LC_TYPE(struct event, ev_base, struct event_base *);
LC_MEMBER(struct event, ev_, 72, 32);
LC_MEMBER(struct event, ev_.ev_io, 72, 32);
LC_MEMBER(struct event, ev_.ev_io.ev_io_next, 72, 16);
LC_MEMBER(struct event, ev_.ev_io.ev_io_next.le_next, 72, 8);
LC_TYPE(struct event, ev_.ev_io.ev_io_next.le_next, struct event *);
LC_MEMBER(struct event, ev_.ev_io.ev_io_next.le_prev, 80, 8);
LC_TYPE(struct event, ev_.ev_io.ev_io_next.le_prev, struct event **);
LC_MEMBER(struct event, ev_.ev_io.ev_timeout, 88, 16);
LC_TYPE(struct event, ev_.ev_io.ev_timeout, struct timeval);
LC_MEMBER(struct event, ev_.ev_signal, 72, 32);
LC_MEMBER(struct event, ev_.ev_signal.ev_signal_next, 72, 16);
LC_MEMBER(struct event, ev_.ev_signal.ev_signal_next.le_next, 72, 8);
LC_TYPE(struct event, ev_.ev_signal.ev_signal_next.le_next, struct event *);
LC_MEMBER(struct event, ev_.ev_signal.ev_signal_next.le_prev, 80, 8);
LC_TYPE(struct event, ev_.ev_signal.ev_signal_next.le_prev, struct event **);
LC_MEMBER(struct event, ev_.ev_signal.ev_ncalls, 88, 2);
LC_TYPE(struct event, ev_.ev_signal.ev_ncalls, short);
LC_MEMBER(struct event, ev_.ev_signal.ev_pncalls, 96, 8);
LC_TYPE(struct event, ev_.ev_signal.ev_pncalls, short *);
LC_MEMBER(struct event, ev_events, 104, 2);
LC_TYPE(struct event, ev_events, short);
LC_MEMBER(struct event, ev_res, 106, 2);
LC_TYPE(struct event, ev_res, short);
LC_MEMBER(struct event, ev_timeout, 112, 16);
LC_TYPE(struct event, ev_timeout, struct timeval);

/* struct event_callback, event2/event_struct.h */
LC_STRUCT(struct event_callback, 40, 8);
LC_MEMBER(struct event_callback, evcb_active_next, 0, 16);
LC_MEMBER(struct event_callback, evcb_active_next.tqe_next, 0, 8);
LC_TYPE(struct event_callback, evcb_active_next.tqe_next, struct event_callback *);
LC_MEMBER(struct event_callback, evcb_active_next.tqe_prev, 8, 8);
LC_TYPE(struct event_callback, evcb_active_next.tqe_prev, struct event_callback **);
LC_MEMBER(struct event_callback, evcb_flags, 16, 2);
LC_TYPE(struct event_callback, evcb_flags, short);
LC_MEMBER(struct event_callback, evcb_pri, 18, 1);
LC_TYPE(struct event_callback, evcb_pri, unsigned char);
LC_MEMBER(struct event_callback, evcb_closure, 19, 1);
LC_TYPE(struct event_callback, evcb_closure, unsigned char);
LC_MEMBER(struct event_callback, evcb_cb_union, 24, 8);
LC_MEMBER(struct event_callback, evcb_cb_union.evcb_callback, 24, 8);
LC_TYPE(struct event_callback, evcb_cb_union.evcb_callback, void (*)(int, short, void *));
LC_MEMBER(struct event_callback, evcb_cb_union.evcb_selfcb, 24, 8);
LC_TYPE(struct event_callback, evcb_cb_union.evcb_selfcb, void (*)(struct event_callback *, void *));
LC_MEMBER(struct event_callback, evcb_cb_union.evcb_evfinalize, 24, 8);
LC_TYPE(struct event_callback, evcb_cb_union.evcb_evfinalize, void (*)(struct event *, void *));
LC_MEMBER(struct event_callback, evcb_cb_union.evcb_cbfinalize, 24, 8);
LC_TYPE(struct event_callback, evcb_cb_union.evcb_cbfinalize, void (*)(struct event_callback *, void *));
LC_MEMBER(struct event_callback, evcb_arg, 32, 8);
LC_TYPE(struct event_callback, evcb_arg, void *);

/* struct event_dlist, event2/event_struct.h */
LC_STRUCT(struct event_dlist, 8, 8);
LC_MEMBER(struct event_dlist, lh_first, 0, 8);
LC_TYPE(struct event_dlist, lh_first, struct event *);

/* struct event_list, event2/event_struct.h */
LC_STRUCT(struct event_list, 16, 8);
LC_MEMBER(struct event_list, tqh_first, 0, 8);
LC_TYPE(struct event_list, tqh_first, struct event *);
LC_MEMBER(struct event_list, tqh_last, 8, 8);
LC_TYPE(struct event_list, tqh_last, struct event **);

/* struct event_watermark, event2/bufferevent_struct.h */
LC_STRUCT(struct event_watermark, 16, 8);
LC_MEMBER(struct event_watermark, low, 0, 8);
LC_TYPE(struct event_watermark, low, unsigned long);
LC_MEMBER(struct event_watermark, high, 8, 8);
LC_TYPE(struct event_watermark, high, unsigned long);

/* struct evhttp_request, event2/http_struct.h */
LC_STRUCT(struct evhttp_request, 216, 8);
LC_MEMBER(struct evhttp_request, next, 0, 16);
LC_MEMBER(struct evhttp_request, next.tqe_next, 0, 8);
LC_TYPE(struct evhttp_request, next.tqe_next, struct evhttp_request *);
LC_MEMBER(struct evhttp_request, next.tqe_prev, 8, 8);
LC_TYPE(struct evhttp_request, next.tqe_prev, struct evhttp_request **);
LC_MEMBER(struct evhttp_request, evcon, 16, 8);
LC_TYPE(struct evhttp_request, evcon, struct evhttp_connection *);
LC_MEMBER(struct evhttp_request, flags, 24, 4);
LC_TYPE(struct evhttp_request, flags, int);
LC_MEMBER(struct evhttp_request, input_headers, 32, 8);
LC_TYPE(struct evhttp_request, input_headers, struct evkeyvalq *);
LC_MEMBER(struct evhttp_request, output_headers, 40, 8);
LC_TYPE(struct evhttp_request, output_headers, struct evkeyvalq *);
LC_MEMBER(struct evhttp_request, remote_host, 48, 8);
LC_TYPE(struct evhttp_request, remote_host, char *);
LC_MEMBER(struct evhttp_request, remote_port, 56, 2);
LC_TYPE(struct evhttp_request, remote_port, unsigned short);
LC_MEMBER(struct evhttp_request, host_cache, 64, 8);
LC_TYPE(struct evhttp_request, host_cache, char *);
LC_MEMBER(struct evhttp_request, kind, 72, 4);
LC_TYPE(struct evhttp_request, kind, enum evhttp_request_kind);
LC_MEMBER(struct evhttp_request, type, 76, 4);
LC_TYPE(struct evhttp_request, type, enum evhttp_cmd_type);
LC_MEMBER(struct evhttp_request, headers_size, 80, 8);
LC_TYPE(struct evhttp_request, headers_size, unsigned long);
LC_MEMBER(struct evhttp_request, body_size, 88, 8);
LC_TYPE(struct evhttp_request, body_size, unsigned long);
LC_MEMBER(struct evhttp_request, uri, 96, 8);
LC_TYPE(struct evhttp_request, uri, char *);
LC_MEMBER(struct evhttp_request, uri_elems, 104, 8);
LC_TYPE(struct evhttp_request, uri_elems, struct evhttp_uri *);
LC_MEMBER(struct evhttp_request, major, 112, 1);
LC_TYPE(struct evhttp_request, major, char);
LC_MEMBER(struct evhttp_request, minor, 113, 1);
LC_TYPE(struct evhttp_request, minor, char);
LC_MEMBER(struct evhttp_request, response_code, 116, 4);
LC_TYPE(struct evhttp_request, response_code, int);
LC_MEMBER(struct evhttp_request, response_code_line, 120, 8);
LC_TYPE(struct evhttp_request, response_code_line, char *);
LC_MEMBER(struct evhttp_request, input_buffer, 128, 8);
LC_TYPE(struct evhttp_request, input_buffer, struct evbuffer *);
LC_MEMBER(struct evhttp_request, ntoread, 136, 8);
LC_TYPE(struct evhttp_request, ntoread, long);
LC_MEMBER(struct evhttp_request, output_buffer, 152, 8);
LC_TYPE(struct evhttp_request, output_buffer, struct evbuffer *);
LC_MEMBER(struct evhttp_request, cb, 160, 8);
LC_TYPE(struct evhttp_request, cb, void (*)(struct evhttp_request *, void *));
LC_MEMBER(struct evhttp_request, cb_arg, 168, 8);
LC_TYPE(struct evhttp_request, cb_arg, void *);
LC_MEMBER(struct evhttp_request, chunk_cb, 176, 8);
LC_TYPE(struct evhttp_request, chunk_cb, void (*)(struct evhttp_request *, void *));
LC_MEMBER(struct evhttp_request, header_cb, 184, 8);
LC_TYPE(struct evhttp_request, header_cb, int (*)(struct evhttp_request *, void *));
LC_MEMBER(struct evhttp_request, error_cb, 192, 8);
LC_TYPE(struct evhttp_request, error_cb, void (*)(enum evhttp_request_error, void *));
LC_MEMBER(struct evhttp_request, on_complete_cb, 200, 8);
LC_TYPE(struct evhttp_request, on_complete_cb, void (*)(struct evhttp_request *, void *));
LC_MEMBER(struct evhttp_request, on_complete_cb_arg, 208, 8);
LC_TYPE(struct evhttp_request, on_complete_cb_arg, void *);

/* struct evkeyval, event2/keyvalq_struct.h */
LC_STRUCT(struct evkeyval, 32, 8);
LC_MEMBER(struct evkeyval, next, 0, 16);
LC_MEMBER(struct evkeyval, next.tqe_next, 0, 8);
LC_TYPE(struct evkeyval, next.tqe_next, struct evkeyval *);
LC_MEMBER(struct evkeyval, next.tqe_prev, 8, 8);
LC_TYPE(struct evkeyval, next.tqe_prev, struct evkeyval **);
LC_MEMBER(struct evkeyval, key, 16, 8);
LC_TYPE(struct evkeyval, key, char *);
LC_MEMBER(struct evkeyval, value, 24, 8);
LC_TYPE(struct evkeyval, value, char *);

/* struct evkeyvalq, event2/keyvalq_struct.h */
LC_STRUCT(struct evkeyvalq, 16, 8);
LC_MEMBER(struct evkeyvalq, tqh_first, 0, 8);
LC_TYPE(struct evkeyvalq, tqh_first, struct evkeyval *);
LC_MEMBER(struct evkeyvalq, tqh_last, 8, 8);
LC_TYPE(struct evkeyvalq, tqh_last, struct evkeyval **);

/* struct evrpc, event2/rpc_struct.h */
LC_STRUCT(struct evrpc, 120, 8);
LC_MEMBER(struct evrpc, next, 0, 16);
LC_MEMBER(struct evrpc, next.tqe_next, 0, 8);
LC_TYPE(struct evrpc, next.tqe_next, struct evrpc *);
LC_MEMBER(struct evrpc, next.tqe_prev, 8, 8);
LC_TYPE(struct evrpc, next.tqe_prev, struct evrpc **);
LC_MEMBER(struct evrpc, uri, 16, 8);
LC_TYPE(struct evrpc, uri, const char *);
LC_MEMBER(struct evrpc, request_new, 24, 8);
LC_TYPE(struct evrpc, request_new, void *(*)(void *));
LC_MEMBER(struct evrpc, request_new_arg, 32, 8);
LC_TYPE(struct evrpc, request_new_arg, void *);
LC_MEMBER(struct evrpc, request_free, 40, 8);
LC_TYPE(struct evrpc, request_free, void (*)(void *));
LC_MEMBER(struct evrpc, request_unmarshal, 48, 8);
LC_TYPE(struct evrpc, request_unmarshal, int (*)(void *, struct evbuffer *));
LC_MEMBER(struct evrpc, reply_new, 56, 8);
LC_TYPE(struct evrpc, reply_new, void *(*)(void *));
LC_MEMBER(struct evrpc, reply_new_arg, 64, 8);
LC_TYPE(struct evrpc, reply_new_arg, void *);
LC_MEMBER(struct evrpc, reply_free, 72, 8);
LC_TYPE(struct evrpc, reply_free, void (*)(void *));
LC_MEMBER(struct evrpc, reply_complete, 80, 8);
LC_TYPE(struct evrpc, reply_complete, int (*)(void *));
LC_MEMBER(struct evrpc, reply_marshal, 88, 8);
LC_TYPE(struct evrpc, reply_marshal, void (*)(struct evbuffer *, void *));
LC_MEMBER(struct evrpc, cb, 96, 8);
LC_TYPE(struct evrpc, cb, void (*)(struct evrpc_req_generic *, void *));
LC_MEMBER(struct evrpc, cb_arg, 104, 8);
LC_TYPE(struct evrpc, cb_arg, void *);
LC_MEMBER(struct evrpc, base, 112, 8);
LC_TYPE(struct evrpc, base, struct evrpc_base *);

/* struct evrpc_req__probe, event2/rpc.h */
LC_STRUCT(struct evrpc_req__probe, 48, 8);
LC_MEMBER(struct evrpc_req__probe, hook_meta, 0, 8);
LC_TYPE(struct evrpc_req__probe, hook_meta, struct evrpc_hook_meta *);
LC_MEMBER(struct evrpc_req__probe, request, 8, 8);
LC_TYPE(struct evrpc_req__probe, request, struct probe_in *);
LC_MEMBER(struct evrpc_req__probe, reply, 16, 8);
LC_TYPE(struct evrpc_req__probe, reply, struct probe_out *);
LC_MEMBER(struct evrpc_req__probe, rpc, 24, 8);
LC_TYPE(struct evrpc_req__probe, rpc, struct evrpc *);
LC_MEMBER(struct evrpc_req__probe, http_req, 32, 8);
LC_TYPE(struct evrpc_req__probe, http_req, struct evhttp_request *);
LC_MEMBER(struct evrpc_req__probe, rpc_data, 40, 8);
LC_TYPE(struct evrpc_req__probe, rpc_data, struct evbuffer *);

/* struct evrpc_status, event2/rpc_struct.h */
LC_STRUCT(struct evrpc_status, 16, 8);
LC_MEMBER(struct evrpc_status, error, 0, 4);
LC_TYPE(struct evrpc_status, error, int);
LC_MEMBER(struct evrpc_status, http_req, 8, 8);
LC_TYPE(struct evrpc_status, http_req, struct evhttp_request *);

/* struct evthread_condition_callbacks, event2/thread.h */
LC_STRUCT(struct evthread_condition_callbacks, 40, 8);
LC_MEMBER(struct evthread_condition_callbacks, condition_api_version, 0, 4);
LC_TYPE(struct evthread_condition_callbacks, condition_api_version, int);
LC_MEMBER(struct evthread_condition_callbacks, alloc_condition, 8, 8);
LC_TYPE(struct evthread_condition_callbacks, alloc_condition, void *(*)(unsigned int));
LC_MEMBER(struct evthread_condition_callbacks, free_condition, 16, 8);
LC_TYPE(struct evthread_condition_callbacks, free_condition, void (*)(void *));
LC_MEMBER(struct evthread_condition_callbacks, signal_condition, 24, 8);
LC_TYPE(struct evthread_condition_callbacks, signal_condition, int (*)(void *, int));
LC_MEMBER(struct evthread_condition_callbacks, wait_condition, 32, 8);
LC_TYPE(struct evthread_condition_callbacks, wait_condition, int (*)(void *, void *, const struct timeval *));

/* struct evthread_lock_callbacks, event2/thread.h */
LC_STRUCT(struct evthread_lock_callbacks, 40, 8);
LC_MEMBER(struct evthread_lock_callbacks, lock_api_version, 0, 4);
LC_TYPE(struct evthread_lock_callbacks, lock_api_version, int);
LC_MEMBER(struct evthread_lock_callbacks, supported_locktypes, 4, 4);
LC_TYPE(struct evthread_lock_callbacks, supported_locktypes, unsigned int);
LC_MEMBER(struct evthread_lock_callbacks, alloc, 8, 8);
LC_TYPE(struct evthread_lock_callbacks, alloc, void *(*)(unsigned int));
LC_MEMBER(struct evthread_lock_callbacks, free, 16, 8);
LC_TYPE(struct evthread_lock_callbacks, free, void (*)(void *, unsigned int));
LC_MEMBER(struct evthread_lock_callbacks, lock, 24, 8);
LC_TYPE(struct evthread_lock_callbacks, lock, int (*)(unsigned int, void *));
LC_MEMBER(struct evthread_lock_callbacks, unlock, 32, 8);
LC_TYPE(struct evthread_lock_callbacks, unlock, int (*)(unsigned int, void *));

/* struct evutil_addrinfo, event2/util.h */
LC_STRUCT(struct evutil_addrinfo, 48, 8);
LC_MEMBER(struct evutil_addrinfo, ai_flags, 0, 4);
LC_TYPE(struct evutil_addrinfo, ai_flags, int);
LC_MEMBER(struct evutil_addrinfo, ai_family, 4, 4);
LC_TYPE(struct evutil_addrinfo, ai_family, int);
LC_MEMBER(struct evutil_addrinfo, ai_socktype, 8, 4);
LC_TYPE(struct evutil_addrinfo, ai_socktype, int);
LC_MEMBER(struct evutil_addrinfo, ai_protocol, 12, 4);
LC_TYPE(struct evutil_addrinfo, ai_protocol, int);
LC_MEMBER(struct evutil_addrinfo, ai_addrlen, 16, 4);
LC_TYPE(struct evutil_addrinfo, ai_addrlen, unsigned int);
LC_MEMBER(struct evutil_addrinfo, ai_addr, 24, 8);
LC_TYPE(struct evutil_addrinfo, ai_addr, struct sockaddr *);
LC_MEMBER(struct evutil_addrinfo, ai_canonname, 32, 8);
LC_TYPE(struct evutil_addrinfo, ai_canonname, char *);
LC_MEMBER(struct evutil_addrinfo, ai_next, 40, 8);
LC_TYPE(struct evutil_addrinfo, ai_next, struct addrinfo *);

/* enumerations */
LC(sizeof(enum EVRPC_HOOK_RESULT) == 4, "enum EVRPC_HOOK_RESULT size");
LC(sizeof(enum EVRPC_HOOK_TYPE) == 4, "enum EVRPC_HOOK_TYPE size");
LC(sizeof(enum bufferevent_filter_result) == 4, "enum bufferevent_filter_result size");
LC(sizeof(enum bufferevent_flush_mode) == 4, "enum bufferevent_flush_mode size");
LC(sizeof(enum bufferevent_options) == 4, "enum bufferevent_options size");
LC(sizeof(enum bufferevent_ssl_state) == 4, "enum bufferevent_ssl_state size");
LC(sizeof(enum bufferevent_trigger_options) == 4, "enum bufferevent_trigger_options size");
LC(sizeof(enum evbuffer_eol_style) == 4, "enum evbuffer_eol_style size");
LC(sizeof(enum evbuffer_ptr_how) == 4, "enum evbuffer_ptr_how size");
LC(sizeof(enum event_base_config_flag) == 4, "enum event_base_config_flag size");
LC(sizeof(enum event_method_feature) == 4, "enum event_method_feature size");
LC(sizeof(enum evhttp_cmd_type) == 4, "enum evhttp_cmd_type size");
LC(sizeof(enum evhttp_request_error) == 4, "enum evhttp_request_error size");
LC(sizeof(enum evhttp_request_kind) == 4, "enum evhttp_request_kind size");

#ifdef LAYOUT_CHECK_MAIN
#include <string.h>
#include <stdio.h>
/* sets the field to all ones in a zeroed struct and compares every bit */
#define BITS(s, m, at, width) do { \
	union { s v; unsigned char b[sizeof(s)]; } u; size_t i_; \
	memset(&u, 0, sizeof(u)); u.v.m = (1u << (width)) - 1u; \
	for (i_ = 0; i_ < 8 * sizeof(s); i_++) { \
		int want_ = i_ >= (at) && i_ < (at) + (width); \
		if (((u.b[i_ / 8] >> (i_ % 8)) & 1) != want_) { printf("%s.%s: bit %zu\n", #s, #m, i_); bad++; break; } \
	} } while (0)
int main(void)
{
	int bad = 0;
	BITS(struct evhttp_request, chunked, 1152, 1);
	BITS(struct evhttp_request, userdone, 1153, 1);
	return bad != 0;
}
#endif
