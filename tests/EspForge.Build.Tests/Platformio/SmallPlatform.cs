using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Platformio;

/// <summary>
/// A development platform for the real PlatformIO, small enough to be written here: one board with limits, the machine's own gcc, and images beside the program
/// as espressif32 has them. Programs are measured as any board's are, so that the lines and metadata are PlatformIO's own; the image's bytes are the project's.
/// </summary>
internal static class SmallPlatform
{
    public const string Name = "smallchip";

    private const string Class = """
        from platformio.public import PlatformBase


        class SmallchipPlatform(PlatformBase):
            pass
        """;

    private const string Manifest = """
        {"name": "smallchip", "title": "Small chip", "description": "One board for tests", "version": "1.0.0", "license": "MIT", "engines": {"platformio": "^6"}, "frameworks": {}, "packages": {}}
        """;

    private const string Board = """
        {"build": {"mcu": "esp32", "f_cpu": "240000000L"}, "frameworks": [], "name": "Small board", "upload": {"maximum_ram_size": 327680, "maximum_size": 1310720}, "url": "https://example.com", "vendor": "Example"}
        """;

    private const string Builder = """
        import shutil
        from os.path import join
        from SCons.Script import AlwaysBuild, Builder, Default, DefaultEnvironment

        env = DefaultEnvironment()
        misc = join(env.PioPlatform().get_dir(), "misc")


        def copy_image(target, source, env):
            shutil.copy(join(env.subst("$PROJECT_DIR"), "image.dat"), str(target[0]))


        env.Replace(
            AR="gcc-ar", AS="as", CC="gcc", CXX="g++", OBJCOPY="objcopy", RANLIB="gcc-ranlib", SIZETOOL="size",
            SIZEPROGREGEXP=r"^(?:\.text|\.rodata|\.data)\s+([0-9]+).*",
            SIZEDATAREGEXP=r"^(?:\.data|\.bss)\s+([0-9]+).*",
            SIZECHECKCMD="$SIZETOOL -A -d $SOURCES",
            PROGNAME="firmware", PROGSUFFIX=".elf",
        )
        env.Append(
            BUILDERS=dict(MakeImage=Builder(action=env.VerboseAction(copy_image, "Building $TARGET"), suffix=".bin")),
            FLASH_EXTRA_IMAGES=[
                ("0x1000", join("$BUILD_DIR", "bootloader.bin")),
                ("0x8000", join("$BUILD_DIR", "partitions.bin")),
                ("0xe000", join(misc, "boot_app0.bin")),
            ],
        )
        env["INTEGRATION_EXTRA_DATA"].update({"application_offset": "0x10000"})
        program = env.BuildProgram()
        image = env.MakeImage(join("$BUILD_DIR", "${PROGNAME}"), program)
        for name in ("bootloader.bin", "partitions.bin"):
            env.Depends(image, env.Command(join("$BUILD_DIR", name), join(misc, name), lambda target, source, env: shutil.copy(str(source[0]), str(target[0])) and None))
        env.Depends(image, "checkprogsize")
        AlwaysBuild(env.Alias("nobuild", image))
        Default(env.Alias("buildprog", image, image))
        """;

    /// <summary>Makes a core directory with this platform and the SCons of another.</summary>
    public static string WriteCore(string directory, string coreWithScons)
    {
        var platform = Path.Combine(directory, "platforms", Name);
        foreach (var folder in new[] { "builder", "boards", "misc" })
            Directory.CreateDirectory(Path.Combine(platform, folder));
        File.WriteAllText(Path.Combine(platform, "platform.json"), Manifest);
        File.WriteAllText(Path.Combine(platform, "platform.py"), Class);
        File.WriteAllText(Path.Combine(platform, "builder/main.py"), Builder);
        File.WriteAllText(Path.Combine(platform, "boards/smallboard.json"), Board);
        File.WriteAllText(Path.Combine(platform, ".piopm"), """{"type": "platform", "name": "smallchip", "version": "1.0.0", "spec": {"owner": null, "id": null, "name": "smallchip", "requirements": null, "uri": "file:///smallchip"}}""");
        File.WriteAllBytes(Path.Combine(platform, "misc/bootloader.bin"), EspImages.WithoutDescriptor(0));
        File.WriteAllBytes(Path.Combine(platform, "misc/partitions.bin"), EspImages.Partitions(0x140000, 0x130000));
        File.WriteAllBytes(Path.Combine(platform, "misc/boot_app0.bin"), [1, 2, 3, 4]);
        var scons = Directory.CreateDirectory(Path.Combine(directory, "packages/tool-scons")).FullName;
        Copy(Path.Combine(coreWithScons, "packages/tool-scons"), scons);
        return directory;
    }

    private static void Copy(string from, string to)
    {
        foreach (var directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
