#pragma once
/// Boost.Asio and Boost.Beast, whose function bodies are compiled once, in boost.cpp. Goes before every other header of theirs:
/// a file that misses the first two lines would bring function bodies and static data of its own.
#ifdef BOOST_ASIO_DETAIL_CONFIG_HPP
#error "include vantage/asio.hpp before any other header of Boost.Asio or Boost.Beast"
#endif
#define BOOST_ASIO_SEPARATE_COMPILATION
#define BOOST_BEAST_SEPARATE_COMPILATION
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace ringback::vantage {
namespace asio = boost::asio;
}
