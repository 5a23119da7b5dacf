// In:  a path.  Out: the SHA-256 of the file there.  Rests on: io/input_file; OpenSSL's libcrypto.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/evp.h>

#include <eev/io/input_file.hpp>

namespace eev::io {

/// 64 lower-case hexadecimal digits, as `sha256sum` prints them.
inline std::string sha256_of_file(const std::string& path) {
  input_file file(path);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::vector<unsigned char> block(std::size_t{1} << 20);
  while (const std::size_t count = file.read(block.data(), block.size()))
    good = good && EVP_DigestUpdate(context.get(), block.data(), count);
  unsigned char digest[32];
  good = good && EVP_DigestFinal_ex(context.get(), digest, nullptr);
  require(good, path, ": libcrypto cannot compute its SHA-256");

  std::string digits;
  for (unsigned char byte : digest) digits += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return digits;
}

}  // namespace eev::io
