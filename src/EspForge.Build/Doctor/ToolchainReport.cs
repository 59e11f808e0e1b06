namespace EspForge.Build;

/// <summary>What is installed of a toolchain, or of what builds and editing use beside.</summary>
/// <param name="Id"><c>host</c>, <c>platformio</c>, <c>esp-idf</c>, <c>sandbox</c>, <c>language-server</c>, <c>compiler-cache</c>, or a toolchain of the caller's own.</param>
/// <param name="Title">What a person calls it.</param>
/// <param name="IsReady">Whether it can be used.</param>
/// <param name="Versions">What there is, for a person; empty where nothing is.</param>
/// <param name="Architecture">What it builds for; empty where that is no question.</param>
/// <param name="Missing">What is missing; not all of it keeps it from being used.</param>
/// <param name="CanInstall">Whether <see cref="ToolchainInstaller"/> can and may install it here.</param>
public sealed record ToolchainReport(string Id, string Title, bool IsReady, string Versions, string Architecture, IReadOnlyList<ToolchainNeed> Missing, bool CanInstall);
