// In:  a path, or bytes.  Out: their SHA-256.  Rests on: io/input_file; OpenSSL's libcrypto.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <openssl/evp.h>

#include <eev/io/input_file.hpp>

namespace eev::io {

/// The digest of bytes that come in pieces; `name` is what they are, for errors.
class sha256 {
 public:
  explicit sha256(std::string name) : name_(std::move(name)) {
    check(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
  }
  void add(const void* bytes, std::size_t count) { check(EVP_DigestUpdate(context_.get(), bytes, count)); }

  /// 64 lower-case hexadecimal digits, as `sha256sum` prints them. It is the last call.
  std::string digits() {
    unsigned char digest[32];
    check(EVP_DigestFinal_ex(context_.get(), digest, nullptr));
    std::string digits;
    for (unsigned char byte : digest)
      digits += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
    return digits;
  }

 private:
  void check(bool good) const { require(good, name_, ": libcrypto cannot compute its SHA-256"); }

  std::string name_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

inline std::string sha256_of_file(const std::string& path) {
  input_file file(path);
  sha256 hash(path);
  std::vector<unsigned char> block(std::size_t{1} << 20);
  while (const std::size_t count = file.read(block.data(), block.size())) hash.add(block.data(), count);
  return hash.digits();
}

}  // namespace eev::io
