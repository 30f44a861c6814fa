# SPDX-License-Identifier: BSD-3-Clause
#
# The one list of source files, by library, by folder, in layer order.
# Paths are from the top of the tree.  A file enters once it compiles.

set(EVI_CORE_SOURCES
    # base
    src/base/err.c
    src/base/hash.c
    src/base/heap.c
    src/base/log.c
    src/base/log_compat.c
    src/base/mem.c
    src/base/wheel.c

    # os
    src/os/posix/clock.c
    src/os/posix/entropy.c
    src/os/posix/env.c
    src/os/posix/file.c
    src/os/posix/netconf.c
    src/os/posix/signal.c
    src/os/posix/socket.c
    src/os/posix/wake.c

    # thread (pthread.c is in EVI_PTHREADS_SOURCES)
    src/thread/lock.c
    src/thread/lock_debug.c

    # util
    src/util/addr.c
    src/util/getaddrinfo.c
    src/util/inet.c
    src/util/interfaces.c
    src/util/rng.c
    src/util/socket.c
    src/util/text.c
    src/util/time.c

    # event
    src/event/active.c
    src/event/base.c
    src/event/block.c
    src/event/config.c
    src/event/debug.c
    src/event/deferred.c
    src/event/dump.c
    src/event/event.c
    src/event/far.c
    src/event/fdmap.c
    src/event/finalize.c
    src/event/global.c
    src/event/loop.c
    src/event/notify.c
    src/event/once.c
    src/event/signal.c
    src/event/timer.c
    src/event/watch.c
    src/event/backend/backend.c
    src/event/backend/epoll.c
    src/event/backend/poll.c
    src/event/backend/select.c
    src/event/backend/signalfd.c

    # buffer
    src/buffer/buffer.c
    src/buffer/callback.c
    src/buffer/chain.c
    src/buffer/check.c
    src/buffer/compat.c
    src/buffer/file_segment.c
    src/buffer/io.c
    src/buffer/move.c
    src/buffer/printf.c
    src/buffer/search.c
    src/buffer/space.c

    # bufferevent
    src/bufferevent/bufferevent.c
    src/bufferevent/callback.c
    src/bufferevent/close.c
    src/bufferevent/connect.c
    src/bufferevent/filter.c
    src/bufferevent/pair.c
    src/bufferevent/rate_limit.c
    src/bufferevent/rate_limit_group.c
    src/bufferevent/readiness.c
    src/bufferevent/socket.c
    src/bufferevent/timeout.c
    src/bufferevent/token_bucket.c

    # listener
    src/listener/listener.c

)

set(EVI_EXTRA_SOURCES
    # frame
    src/frame/codec.c
    src/frame/delimiter.c
    src/frame/fixed.c
    src/frame/length.c
    src/frame/message.c
    src/frame/send.c
    src/frame/varint.c

)

set(EVI_PTHREADS_SOURCES
    src/thread/pthread.c
)

# In unit tests only, never in a library: scripted backend, fake clock.
set(EVI_TESTING_SOURCES
    ${PROJECT_SOURCE_DIR}/src/testing/backend.c
    ${PROJECT_SOURCE_DIR}/src/testing/clock.c
)

# Unit tests: beside the code, may include internals, linked statically.
set(EVI_UNIT_TESTS
    # base
    src/base/err_test.c
    src/base/hash_test.c
    src/base/heap_test.c
    src/base/log_compat_test.c
    src/base/log_test.c
    src/base/mem_test.c
    src/base/queue_test.c
    src/base/str_test.c
    src/base/time_test.c
    src/base/wheel_test.c

    # os
    src/os/posix/clock_test.c
    src/os/posix/entropy_test.c
    src/os/posix/env_test.c
    src/os/posix/file_test.c
    src/os/posix/netconf_test.c
    src/os/posix/signal_test.c
    src/os/posix/socket_test.c
    src/os/posix/wake_test.c

    # thread
    src/thread/lock_debug_test.c
    src/thread/lock_test.c
    src/thread/pthread_test.c

    # util
    src/util/getaddrinfo_test.c
    src/util/inet_test.c
    src/util/interfaces_test.c
    src/util/rng_test.c

    # event
    src/event/deferred_test.c
    src/event/far_test.c
    src/event/fdmap_test.c
    src/event/notify_test.c
    src/event/timer_test.c
    src/event/backend/backend_test.c
    src/event/backend/epoll_test.c
    src/event/backend/poll_test.c
    src/event/backend/select_test.c

    # buffer
    src/buffer/buffer_test.c

    # bufferevent
    src/bufferevent/connect_test.c
    src/bufferevent/token_bucket_test.c

    # listener

    # frame

)

# Public tests: only include/ and test/harness/ are visible, linked with the
# shared libraries, run once in every environment.
set(EVI_PUBLIC_TESTS
    test/harness/harness_test.c

    # event
    test/event/config_test.c
    test/event/debug_test.c
    test/event/event_test.c
    test/event/fork_test.c
    test/event/heavy_test.c
    test/event/loop_test.c
    test/event/signal_test.c
    test/event/thread_test.c

    # buffer
    test/buffer/callback_test.c
    test/buffer/core_test.c
    test/buffer/file_test.c
    test/buffer/hostile_test.c
    test/buffer/io_test.c
    test/buffer/limits_test.c
    test/buffer/move_test.c
    test/buffer/search_test.c
    test/buffer/space_test.c
    test/buffer/thread_test.c

    # bufferevent
    test/bufferevent/close_test.c
    test/bufferevent/filter_test.c
    test/bufferevent/heavy_test.c
    test/bufferevent/hostile_test.c
    test/bufferevent/limit_test.c
    test/bufferevent/lock_test.c
    test/bufferevent/pairs_test.c
    test/bufferevent/settings_test.c
    test/bufferevent/short_test.c
    test/bufferevent/slow_test.c
    test/bufferevent/socket_test.c
    test/bufferevent/thread_test.c

    # listener
    test/listener/listener_test.c
    test/listener/rest_test.c

    # util
    test/util/addr_test.c
    test/util/getaddrinfo_test.c
    test/util/rng_test.c
    test/util/socket_test.c
    test/util/text_test.c
    test/util/time_test.c

    # thread
    test/thread/callbacks_test.c
    test/thread/threads_test.c

    # frame
    test/frame/delimiter_test.c
    test/frame/length_test.c
    test/frame/life_test.c
    test/frame/message_test.c
    test/frame/packet_test.c
    test/frame/random_test.c
    test/frame/split_test.c
    test/frame/thread_test.c
    test/frame/varint_test.c

)
