#pragma once

#include <filesystem>

namespace millrace {

/// Gives what root has just made to the owner of the folder in which it lies: root that helps a
/// service would else leave files that the service cannot read. Does nothing for other users and in
/// folders of root. The descriptor is of a file or folder that this process made, never of one that
/// was there.
void give_to_folder_owner(int made, const std::filesystem::path& path);

}  // namespace millrace
