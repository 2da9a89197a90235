#pragma once
/// The picture of the report as inline SVG, for a page with html_style().
#include "report/picture.hpp"

namespace ringback {

[[nodiscard]] std::string picture_svg(const std::vector<PictureRow>& rows);

}  // namespace ringback
