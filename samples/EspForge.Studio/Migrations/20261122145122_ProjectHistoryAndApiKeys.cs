using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EspForge.Studio.Migrations
{
    /// <inheritdoc />
    public partial class ProjectHistoryAndApiKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Revision",
                table: "studio_projects",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Toolchain",
                table: "studio_projects",
                type: "TEXT",
                maxLength: 16,
                nullable: false,
                defaultValue: "host");

            migrationBuilder.AddColumn<string>(
                name: "AcceptedErrors",
                table: "studio_builds",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Environment",
                table: "studio_builds",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "FromCache",
                table: "studio_builds",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "ImageSizeBytes",
                table: "studio_builds",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Memory",
                table: "studio_builds",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Parts",
                table: "studio_builds",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Previous",
                table: "studio_builds",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Toolchain",
                table: "studio_builds",
                type: "TEXT",
                maxLength: 16,
                nullable: false,
                defaultValue: "host");

            migrationBuilder.AddColumn<int>(
                name: "Warnings",
                table: "studio_builds",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "studio_api_keys",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Organization = table.Column<string>(type: "TEXT", nullable: false),
                    UserId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Permissions = table.Column<string>(type: "TEXT", nullable: false),
                    Hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Prefix = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastUsedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_api_keys", x => x.Id);
                    table.ForeignKey(
                        name: "FK_studio_api_keys_studio_users_UserId",
                        column: x => x.UserId,
                        principalTable: "studio_users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "studio_project_contents",
                columns: table => new
                {
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Content = table.Column<string>(type: "TEXT", nullable: false),
                    SizeBytes = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_project_contents", x => new { x.ProjectId, x.Sha256 });
                });

            migrationBuilder.CreateTable(
                name: "studio_project_revisions",
                columns: table => new
                {
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Actor = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Path = table.Column<string>(type: "TEXT", maxLength: 120, nullable: true),
                    FromPath = table.Column<string>(type: "TEXT", maxLength: 120, nullable: true),
                    SizeBytes = table.Column<int>(type: "INTEGER", nullable: false),
                    LinesAdded = table.Column<int>(type: "INTEGER", nullable: false),
                    LinesRemoved = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_project_revisions", x => new { x.ProjectId, x.Revision });
                });

            migrationBuilder.CreateTable(
                name: "studio_project_versions",
                columns: table => new
                {
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Path = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    FromRevision = table.Column<int>(type: "INTEGER", nullable: false),
                    ToRevision = table.Column<int>(type: "INTEGER", nullable: true),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studio_project_versions", x => new { x.ProjectId, x.Path, x.FromRevision });
                });

            migrationBuilder.CreateIndex(
                name: "IX_studio_api_keys_Hash",
                table: "studio_api_keys",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_studio_api_keys_Organization_CreatedAt",
                table: "studio_api_keys",
                columns: new[] { "Organization", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_studio_api_keys_UserId",
                table: "studio_api_keys",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_studio_project_contents_ProjectId_SizeBytes",
                table: "studio_project_contents",
                columns: new[] { "ProjectId", "SizeBytes" });

            migrationBuilder.CreateIndex(
                name: "IX_studio_project_versions_ProjectId_Sha256",
                table: "studio_project_versions",
                columns: new[] { "ProjectId", "Sha256" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "studio_api_keys");

            migrationBuilder.DropTable(
                name: "studio_project_contents");

            migrationBuilder.DropTable(
                name: "studio_project_revisions");

            migrationBuilder.DropTable(
                name: "studio_project_versions");

            migrationBuilder.DropColumn(
                name: "Revision",
                table: "studio_projects");

            migrationBuilder.DropColumn(
                name: "Toolchain",
                table: "studio_projects");

            migrationBuilder.DropColumn(
                name: "AcceptedErrors",
                table: "studio_builds");

            migrationBuilder.DropColumn(
                name: "Environment",
                table: "studio_builds");

            migrationBuilder.DropColumn(
                name: "FromCache",
                table: "studio_builds");

            migrationBuilder.DropColumn(
                name: "ImageSizeBytes",
                table: "studio_builds");

            migrationBuilder.DropColumn(
                name: "Memory",
                table: "studio_builds");

            migrationBuilder.DropColumn(
                name: "Parts",
                table: "studio_builds");

            migrationBuilder.DropColumn(
                name: "Previous",
                table: "studio_builds");

            migrationBuilder.DropColumn(
                name: "Toolchain",
                table: "studio_builds");

            migrationBuilder.DropColumn(
                name: "Warnings",
                table: "studio_builds");
        }
    }
}
