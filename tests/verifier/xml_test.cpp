#include "verifier/xml.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace perdura::verifier {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result.append(text);
  return result;
}

std::string utf16(std::string_view ascii, bool little) {
  std::string result = little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : ascii) {
    if (little) result.push_back(c);
    result.push_back('\0');
    if (!little) result.push_back(c);
  }
  return result;
}

std::string many_attributes(std::size_t count) {
  std::string result = "<a";
  for (std::size_t i = 0; i < count; ++i) result.append(" a" + std::to_string(i) + "=''");
  return result + "/>";
}

std::string many_namespaces(std::size_t count, char prefix, const std::string& inside) {
  std::string result = "<a";
  for (std::size_t i = 0; i < count; ++i) {
    result.append(" xmlns:").append(1, prefix).append(std::to_string(i)).append("='urn:b'");
  }
  return result + ">" + inside + "</a>";
}

struct XmlCase {
  const char* name;
  std::string xml;
  Errc code;
};

const XmlCase refused_xml[] = {
    {"nothing", "", Errc::malformed},
    {"no_element", "<!-- nothing -->", Errc::malformed},
    {"two_roots", "<a/><b/>", Errc::malformed},
    {"unbound_prefix", "<x:a/>", Errc::malformed},
    {"attribute_twice", "<a b='1' b='2'/>", Errc::malformed},
    {"tag_inside_of_tag", "<a <b/>", Errc::malformed},
    {"less_than_in_value", "<a b='<'/>", Errc::malformed},
    {"unknown_entity", "<a>&b;</a>", Errc::malformed},
    {"comment_without_end", "<a><!-- </a>", Errc::malformed},
    {"version_1_1", "<?xml version='1.1'?><a/>", Errc::unsupported},
    {"document_type", "<!DOCTYPE a><a/>", Errc::unsupported},
    {"entity_expansion", "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>",
     Errc::unsupported},
    {"external_entity", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
     Errc::unsupported},
    {"ucs_4", std::string("\0\0\0<", 4), Errc::unsupported},
    {"ucs_4_little_endian", std::string("<\0\0\0", 4), Errc::unsupported},
    {"ucs_4_with_a_mark", std::string("\xFF\xFE\0\0", 4), Errc::unsupported},
    {"utf_16_that_says_utf_8", utf16("<?xml version='1.0' encoding='utf-8'?><a/>", true),
     Errc::unsupported},
    {"utf_8_that_says_utf_16", "<?xml version='1.0' encoding='utf-16'?><a/>", Errc::unsupported},
    {"encoding_without_a_value", "<?xml version='1.0' encoding?><a/>", Errc::malformed},
    {"encoding_without_an_end", "<?xml version='1.0' encoding='utf-8", Errc::malformed},
    {"declaration_without_an_end", "<?xml version=\"1.0\" " + repeated(" ", 2000), Errc::malformed},
    {"declaration_of_nothing", "<?xml", Errc::malformed},
    {"end_without_a_start", "</a><b/>", Errc::malformed},
    {"value_without_an_end", "<a b='", Errc::malformed},
    {"shift_jis", "<?xml version='1.0' encoding='Shift_JIS'?><a/>", Errc::unsupported},
    {"utf_7", "<?xml version='1.0' encoding='UTF-7'?><a/>", Errc::unsupported},
    {"no_declaration_though_it_looks_like_one",
     "<?xml\xD5 version='1.0' encoding='ISO-8859-1'?><a/>", Errc::malformed},
    {"ebcdic", "\x4C\x6F\xA7\x94", Errc::unsupported},
    {"octets_that_are_not_utf8", "<a>\xC3\x28</a>", Errc::malformed},
    {"nested_deep", repeated("<a>", 65) + repeated("</a>", 65), Errc::too_large},
    {"many_elements", "<a>" + repeated("<b/>", 100'000) + "</a>", Errc::too_large},
    {"many_comments", "<a>" + repeated("<!---->", 100'000) + "</a>", Errc::too_large},
    {"many_attributes", many_attributes(129), Errc::too_large},
    {"a_million_attributes", many_attributes(1'000'000), Errc::too_large},
    {"many_namespaces", "<a>" + repeated("<b xmlns='urn:b'/>", 20'001) + "</a>", Errc::too_large},
    {"many_namespaces_at_one_place",
     many_namespaces(16, 'a', many_namespaces(16, 'b', "<a xmlns='urn:a'/>")), Errc::too_large},
    {"long", "<a>" + std::string(std::size_t{16} << 20, 'x') + "</a>", Errc::too_large},
};

class RefusedXml : public testing::TestWithParam<XmlCase> {};

TEST_P(RefusedXml, IsAnErrorAndQuickly) {
  const std::clock_t start = std::clock();
  const auto document = XmlDocument::parse(as_bytes(GetParam().xml));
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, GetParam().code) << to_string(document.error());
  EXPECT_LT(std::clock() - start, 5 * CLOCKS_PER_SEC);  // processor time
}
INSTANTIATE_TEST_SUITE_P(, RefusedXml, testing::ValuesIn(refused_xml),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Xml, IsReadInTheEncodingsThatTheStandardAsksOf) {
  const std::string declared = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>x</a>";
  for (const std::string& xml : {std::string("<a>x</a>"), "\xEF\xBB\xBF<a>x</a>" + std::string(),
                                 utf16("<a>x</a>", true), utf16(declared, false)}) {
    const auto document = XmlDocument::parse(as_bytes(xml));
    ASSERT_TRUE(document) << to_string(document.error());
    EXPECT_EQ(document->root().text(), "x");
  }
  for (const std::string encoding : {"us-ascii", "ASCII", "latin1", "UTF-8"}) {
    const std::string xml = "<?xml\tversion='1.0' encoding='" + encoding + "'?><a>x</a>";
    EXPECT_TRUE(XmlDocument::parse(as_bytes(xml))) << encoding;
  }
  for (const bool little : {false, true}) {
    for (const std::string encoding : {"utf-16", little ? "utf-16le" : "UTF-16BE"}) {
      const std::string xml =
          utf16("<?xml version='1.0'\nencoding='" + encoding + "'?>\r\n<a>x</a>", little);
      EXPECT_TRUE(XmlDocument::parse(as_bytes(xml))) << encoding;
    }
    // Without the mark at the beginning.
    EXPECT_TRUE(XmlDocument::parse(as_bytes(utf16("<a>x</a>", little).substr(2))));
  }
  EXPECT_TRUE(XmlDocument::parse(as_bytes("<?xml-stylesheet href='a'?><a/>")));
  const std::string latin1 = "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE4</a>";
  const auto document = XmlDocument::parse(as_bytes(latin1));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().text(), "\xC3\xA4");
}

TEST(Xml, LimitsHoldInWideCharactersToo) {
  EXPECT_EQ(XmlDocument::parse(as_bytes(utf16("<!DOCTYPE a><a/>", true))).error().code,
            Errc::unsupported);
  EXPECT_EQ(XmlDocument::parse(as_bytes(utf16(many_attributes(200), false))).error().code,
            Errc::too_large);
}

TEST(Xml, ElementsKnowTheirNamesAttributesAndChildren) {
  const auto document = XmlDocument::parse(as_bytes(
      "<e:a xmlns:e='urn:e' b='1' e:c='2'>\n<e:d>x<![CDATA[<y>]]><!-- no --></e:d><f/></e:a>"));
  ASSERT_TRUE(document);
  const XmlElement root = document->root();
  EXPECT_TRUE(root.is("urn:e", "a"));
  EXPECT_EQ(root.attribute("b"), "1");
  EXPECT_EQ(root.attribute("c"), std::nullopt);
  const auto children = root.children();
  ASSERT_EQ(children.size(), 2U);
  EXPECT_EQ(children[0].text(), "x<y>");
  EXPECT_EQ(children[0].where(), "element d in line 2");
  EXPECT_TRUE(children[1].is("", "f"));
}

// The document of W3C C14N 1.0 section 3.3 without its document type, and parts of 3.4.
constexpr std::string_view tags = R"(<?xml version="1.0"?>
<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org"/>
      </e7>
   </e6>
   <compute><![CDATA[value>"0" && value<"10" ?"valid":"error"]]></compute>
</doc><!-- gone -->)";

constexpr std::string_view tags_canonical = R"(<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns=""></e8>
      </e7>
   </e6>
   <compute>value&gt;"0" &amp;&amp; value&lt;"10" ?"valid":"error"</compute>
</doc>)";

std::string text_of(const Result<Bytes>& octets) {
  return octets ? std::string(as_text(*octets)) : to_string(octets.error());
}

TEST(CanonicalXml, IsAsTheStandardsExampleShows) {
  const auto document = XmlDocument::parse(as_bytes(tags));
  ASSERT_TRUE(document);
  EXPECT_EQ(text_of(document->canonical(Canonicalization::inclusive)), tags_canonical);
  EXPECT_EQ(text_of(document->canonical(Canonicalization::inclusive_1_1)), tags_canonical);
  EXPECT_EQ(text_of(document->canonical(Canonicalization::inclusive_with_comments)),
            std::string(tags_canonical) + "\n<!-- gone -->");
}

TEST(CanonicalXml, OfAPartTakesInAncestorsNamespacesWhenInclusive) {
  const auto document = XmlDocument::parse(
      as_bytes("<a xmlns='urn:a' xmlns:u='urn:u' xml:lang='en'><b><c>1</c> <c>2</c></b></a>"));
  ASSERT_TRUE(document);
  const XmlElement b = document->root().children().front();
  EXPECT_EQ(text_of(b.canonical(Canonicalization::inclusive, {})),
            "<b xmlns=\"urn:a\" xmlns:u=\"urn:u\" xml:lang=\"en\"><c>1</c> <c>2</c></b>");
  EXPECT_EQ(text_of(b.canonical(Canonicalization::exclusive, {})),
            "<b xmlns=\"urn:a\"><c>1</c> <c>2</c></b>");
  EXPECT_EQ(text_of(b.canonical(Canonicalization::exclusive, {b.children().back()})),
            "<b xmlns=\"urn:a\"><c>1</c> </b>");
}

TEST(CanonicalXml, ARelativeNamespaceHasNone) {
  const auto document = XmlDocument::parse(as_bytes("<a xmlns='b'/>"));
  ASSERT_TRUE(document) << to_string(document.error());
  EXPECT_EQ(document->canonical(Canonicalization::inclusive).error().code, Errc::unsupported);
}

}  // namespace
}  // namespace perdura::verifier
