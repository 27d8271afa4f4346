// The parts of libxml2 that the static verifier is built without, as functions that refuse.
//
// Debian's libxml2.a reads files over HTTP and FTP, unpacks xz, and knows hundreds of encodings by
// ICU, whose tables are 30 MB. The verifier hands libxml2 octets in memory, in one of the encodings
// that libxml2 knows by itself (verifier/xml_scan.hpp refuses others before). These definitions are
// linked ahead of libxml2.a, so that its own network code, liblzma and ICU do not come in at all: a
// symbol that is missing here fails the link, and cannot bring them back unseen.
#include <libxml/nanoftp.h>
#include <libxml/nanohttp.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

extern "C" {

// Encodings beyond UTF-8, UTF-16, ISO-8859-1 and ASCII.
UConverter* ucnv_open(const char*, UErrorCode* status) {
  *status = U_FILE_ACCESS_ERROR;
  return nullptr;
}
void ucnv_close(UConverter*) {}
void ucnv_convertEx(UConverter*, UConverter*, char**, const char*, const char**, const char*,
                    UChar*, UChar**, UChar**, const UChar*, UBool, UBool, UErrorCode* status) {
  *status = U_UNSUPPORTED_ERROR;
}
void ucnv_setToUCallBack(UConverter*, UConverterToUCallback, const void*, UConverterToUCallback*,
                         const void**, UErrorCode* status) {
  *status = U_UNSUPPORTED_ERROR;
}
void ucnv_setFromUCallBack(UConverter*, UConverterFromUCallback, const void*,
                           UConverterFromUCallback*, const void**, UErrorCode* status) {
  *status = U_UNSUPPORTED_ERROR;
}
void UCNV_TO_U_CALLBACK_STOP(const void*, UConverterToUnicodeArgs*, const char*, int32_t,
                             UConverterCallbackReason, UErrorCode*) {}
void UCNV_FROM_U_CALLBACK_STOP(const void*, UConverterFromUnicodeArgs*, const UChar*, int32_t,
                               UChar32, UConverterCallbackReason, UErrorCode*) {}

// HTTP and FTP.
void* xmlNanoHTTPOpen(const char*, char**) { return nullptr; }
void* xmlNanoHTTPOpenRedir(const char*, char**, char**) { return nullptr; }
void* xmlNanoHTTPMethod(const char*, const char*, const char*, char**, const char*, int) {
  return nullptr;
}
int xmlNanoHTTPRead(void*, void*, int) { return -1; }
int xmlNanoHTTPReturnCode(void*) { return -1; }
const char* xmlNanoHTTPRedir(void*) { return nullptr; }
const char* xmlNanoHTTPEncoding(void*) { return nullptr; }
const char* xmlNanoHTTPMimeType(void*) { return nullptr; }
void xmlNanoHTTPClose(void*) {}
void xmlNanoHTTPCleanup(void) {}
void* xmlNanoFTPOpen(const char*) { return nullptr; }
int xmlNanoFTPRead(void*, void*, int) { return -1; }
int xmlNanoFTPClose(void*) { return -1; }
void xmlNanoFTPCleanup(void) {}

// Files packed by xz.
void* __libxml2_xzopen(const char*, const char*) { return nullptr; }  // NOLINT: libxml2's names
void* __libxml2_xzdopen(int, const char*) { return nullptr; }         // NOLINT
int __libxml2_xzread(void*, void*, unsigned) { return -1; }           // NOLINT
int __libxml2_xzclose(void*) { return -1; }                           // NOLINT
int __libxml2_xzcompressed(void*) { return 0; }                       // NOLINT

}  // extern "C"
