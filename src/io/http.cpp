#include "io/http.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <exception>

#include "io/sockaddr.hpp"
#include "io/system.hpp"
#include "io/tcp_connect.hpp"
#include "io/tcp_loss.hpp"
#include "io/wakeup.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t largest_headers = 64 * 1024;
// Of HttpRequest::still_wanted; with somebody who rings, no more than a matter of patience.
constexpr milliseconds asking_interval{20}, asking_interval_beside_bell{100};

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using Multi = std::unique_ptr<CURLM, MultiDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;

bool append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

/// What the callbacks know and leave behind. No exception may cross libcurl: it waits here.
struct Exchange {
  const HttpRequest& request;
  Deadline deadline;
  const Clock& clock;
  std::string what;
  std::string body;
  std::size_t seen = 0;
  std::size_t header_bytes = 0;
  bool stopped = false;               ///< on_body or still_wanted wanted no more
  std::optional<Error> error;         ///< why a callback ended the transfer
  std::exception_ptr thrown;
  microseconds connect_time{};
  UniqueFd connected;                 ///< libcurl's from when it asks for it
};

std::size_t take_body(Exchange& exchange, std::string_view piece) {
  exchange.seen += piece.size();
  if (exchange.seen > exchange.request.max_bytes) {
    exchange.error = Error{Errc::exhausted, fmt::format("{}: the body is longer than {} bytes", exchange.what, exchange.request.max_bytes)};
    return 0;
  }
  if (!exchange.request.on_body) {
    exchange.body.append(piece);
    return piece.size();
  }
  exchange.stopped = !exchange.request.on_body(piece);
  return exchange.stopped ? 0 : piece.size();
}

extern "C" {

static std::size_t ringback_on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  try {
    const std::size_t taken = take_body(exchange, {data, size * count});
    return taken == size * count ? taken : size * count + 1;  // anything but the full count ends the transfer, 0 of an empty piece too
  } catch (...) {
    exchange.thrown = std::current_exception();
    return size * count + 1;
  }
}

static std::size_t ringback_on_header(char*, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  exchange.header_bytes += size * count;
  return exchange.header_bytes > largest_headers ? size * count + 1 : size * count;
}

/// The connection that was made for it.
static curl_socket_t ringback_open_socket(void* user, curlsocktype, curl_sockaddr*) {
  auto& exchange = *static_cast<Exchange*>(user);
  return exchange.connected.release();   // a second one is not asked for: nothing is followed or tried again
}

static int ringback_on_socket(void*, curl_socket_t, curlsocktype) { return CURL_SOCKOPT_ALREADY_CONNECTED; }

}  // extern "C"

/// Remembers the first option that libcurl did not take.
class Options {
 public:
  explicit Options(CURL* easy) : easy_(easy) {}
  template <class Value>
  Options& set(CURLoption option, Value value) {
    if (result_ == CURLE_OK) result_ = curl_easy_setopt(easy_, option, value);
    return *this;
  }
  [[nodiscard]] CURLcode result() const { return result_; }

 private:
  CURL* easy_;
  CURLcode result_ = CURLE_OK;
};

/// CURLOPT_CONNECT_TO: any host and port, to this one. A link-local address needs no zone here: the socket is bound to its interface.
std::string dial(const Endpoint& to) { return "::" + to.to_string(); }

CURLcode configure(CURL* easy, Exchange& exchange, curl_slist* headers, curl_slist* connect_to) {
  const auto& request = exchange.request;
  const long left = static_cast<long>(std::max<milliseconds::rep>(1, exchange.deadline.left(exchange.clock).count()));
  Options options(easy);
  options.set(CURLOPT_URL, request.url.c_str())
      .set(CURLOPT_PROTOCOLS_STR, "http,https")
      .set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1))
      .set(CURLOPT_FOLLOWLOCATION, 0L)
      .set(CURLOPT_PROXY, "")  // not the environment's either
      .set(CURLOPT_NOPROXY, "*")
      .set(CURLOPT_NOSIGNAL, 1L)
      .set(CURLOPT_USERAGENT, "ringback/" RINGBACK_VERSION)
      .set(CURLOPT_CONNECT_TO, connect_to)
      .set(CURLOPT_HTTPHEADER, headers)
      .set(CURLOPT_TIMEOUT_MS, left)
      .set(CURLOPT_CONNECTTIMEOUT_MS, left)
      .set(CURLOPT_FRESH_CONNECT, 1L)
      .set(CURLOPT_FORBID_REUSE, 1L)
      .set(CURLOPT_WRITEFUNCTION, ringback_on_body)
      .set(CURLOPT_WRITEDATA, &exchange)
      .set(CURLOPT_HEADERFUNCTION, ringback_on_header)
      .set(CURLOPT_HEADERDATA, &exchange)
      .set(CURLOPT_OPENSOCKETFUNCTION, ringback_open_socket)
      .set(CURLOPT_OPENSOCKETDATA, &exchange)
      .set(CURLOPT_SOCKOPTFUNCTION, ringback_on_socket);
  if (request.method == "HEAD") {
    options.set(CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !request.body.empty()) {
    options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()))
        .set(CURLOPT_POSTFIELDS, request.body.c_str())
        .set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  return options.result();
}

Errc code_of(CURLcode result, CURL* easy) {
  long system_error = 0;
  static_cast<void>(curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &system_error));
  switch (result) {
    case CURLE_OPERATION_TIMEDOUT: return Errc::timed_out;
    case CURLE_COULDNT_CONNECT:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR: return system_error != 0 ? io::code_of(static_cast<int>(system_error)) : Errc::failed;
    case CURLE_GOT_NOTHING: return Errc::refused;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_UNSUPPORTED_PROTOCOL: return Errc::malformed;
    case CURLE_URL_MALFORMAT: return Errc::invalid_input;
    case CURLE_OUT_OF_MEMORY: return Errc::exhausted;
    default: return Errc::failed;
  }
}

std::optional<Endpoint> endpoint_info(CURL* easy, CURLINFO address, CURLINFO port) {
  const char* text = nullptr;
  long number = 0;
  if (curl_easy_getinfo(easy, address, &text) != CURLE_OK || text == nullptr) return std::nullopt;
  if (curl_easy_getinfo(easy, port, &number) != CURLE_OK || number < 0 || number > 65535) return std::nullopt;
  const std::string_view whole(text);
  const auto parsed = Address::parse(whole.substr(0, whole.find('%')));
  if (!parsed) return std::nullopt;
  return Endpoint{*parsed, static_cast<Port>(number)};
}

/// The multi handle with one transfer on it, taken off again whatever happens.
class Transfer {
 public:
  explicit Transfer(CURL* easy) : multi_(curl_multi_init()), easy_(easy) {
    added_ = multi_ != nullptr && curl_multi_add_handle(multi_.get(), easy_) == CURLM_OK;
  }
  ~Transfer() {
    if (added_) curl_multi_remove_handle(multi_.get(), easy_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Until the transfer is over, nobody wants it any more, or the deadline.
  CURLcode run(Exchange& exchange) {
    if (!added_) return CURLE_OUT_OF_MEMORY;
    for (;;) {
      int running = 0;
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return CURLE_FAILED_INIT;
      if (running == 0) return result();
      if (exchange.request.still_wanted && !exchange.request.still_wanted()) {
        exchange.stopped = true;
        return CURLE_ABORTED_BY_CALLBACK;
      }
      const auto left = exchange.deadline.left(exchange.clock);
      if (left == milliseconds{0}) return CURLE_OPERATION_TIMEDOUT;
      if (!wait(exchange.request, left)) return CURLE_FAILED_INIT;
    }
  }

 private:
  /// libcurl's own timers end it as well.
  bool wait(const HttpRequest& request, milliseconds longest) {
    const auto* wakeup = request.wakeup;
    curl_waitfd bell{.fd = wakeup != nullptr ? wakeup->fd() : -1, .events = CURL_WAIT_POLLIN, .revents = 0};
    const unsigned bells = bell.fd >= 0 ? 1 : 0;
    if (request.still_wanted) longest = std::min(longest, bells != 0 ? asking_interval_beside_bell : asking_interval);
    if (curl_multi_poll(multi_.get(), &bell, bells, static_cast<int>(longest.count()), nullptr) != CURLM_OK) return false;
    if (bells != 0 && bell.revents != 0) wakeup->clear();
    return true;
  }

  [[nodiscard]] CURLcode result() const {
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi_.get(), &left);
    return message != nullptr && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
  }

  Multi multi_;
  CURL* easy_;
  bool added_ = false;
};

HttpResponse read_response(CURL* easy, Exchange& exchange) {
  HttpResponse response;
  long status = 0;
  if (curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK) response.status = static_cast<int>(status);
  const char* type = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type) == CURLE_OK && type != nullptr) response.content_type = type;
  curl_header* location = nullptr;
  if (curl_easy_header(easy, "Location", 0, CURLH_HEADER, -1, &location) == CURLHE_OK) response.location = location->value;
  response.connect_time = exchange.connect_time;
  response.body = std::move(exchange.body);
  response.remote = endpoint_info(easy, CURLINFO_PRIMARY_IP, CURLINFO_PRIMARY_PORT).value_or(exchange.request.connect_to);
  response.local = endpoint_info(easy, CURLINFO_LOCAL_IP, CURLINFO_LOCAL_PORT).value_or(Endpoint{});
  return response;
}

}  // namespace

CurlLibrary::CurlLibrary() : ready_(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {}
CurlLibrary::~CurlLibrary() {
  if (ready_) curl_global_cleanup();
}

Expected<HttpResponse> http_request(const HttpRequest& request, Deadline deadline, const Clock& clock) {
  const auto shown = request.shown_as.empty() ? request.method + " " + request.url : request.shown_as;
  const auto what = fmt::format("{} at {}", shown, request.connect_to.to_string());
  if (deadline.passed(clock)) return failure(Errc::timed_out, what + ": the deadline was over before it began");
  if (request.local && request.local->family() != request.connect_to.address.family())
    return failure(Errc::invalid_input, what + ": source is of the other address family");
  Easy easy(curl_easy_init());
  List headers, connect_to;
  bool complete = easy != nullptr && append(connect_to, dial(request.connect_to));
  for (const auto& header : request.headers) complete = complete && append(headers, header);
  complete = complete && append(headers, "Expect:");  // no 100-continue: a small server need not know it
  if (!complete) return failure(Errc::exhausted, what + ": out of memory");
  const auto began = clock.now();
  auto connected = connect_tcp(request.connect_to, {.local = request.local, .interface = request.interface}, deadline, clock, what, request.still_wanted);
  if (!connected) return tl::unexpected(connected.error());
  if (!*connected) return HttpResponse{};   // nobody wants it any more
  Exchange exchange{.request = request, .deadline = deadline, .clock = clock, .what = what};
  exchange.connect_time = std::chrono::duration_cast<microseconds>(clock.now() - began);
  const UniqueFd watched(::dup(connected->get()));   // libcurl closes its own
  if (watched.get() < 0) return system_failure(what, errno);
  exchange.connected = std::move(*connected);
  if (const auto set = configure(easy.get(), exchange, headers.get(), connect_to.get()); set != CURLE_OK)
    return failure(code_of(set, easy.get()), what + ": " + curl_easy_strerror(set));
  const auto result = Transfer(easy.get()).run(exchange);
  if (exchange.thrown) std::rethrow_exception(exchange.thrown);
  if (exchange.error) return tl::unexpected(*exchange.error);
  if (exchange.header_bytes > largest_headers)
    return failure(Errc::exhausted, fmt::format("{}: the headers are longer than {} bytes", what, largest_headers));
  if (result != CURLE_OK && !exchange.stopped) return failure(code_of(result, easy.get()), what + ": " + curl_easy_strerror(result));
  auto response = read_response(easy.get(), exchange);
  const auto lossy = has_lost_packets(watched.get(), what);
  if (!lossy) return tl::unexpected(lossy.error());
  response.lossy = *lossy;
  return response;
}

}  // namespace ringback::io
