// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/timer_queue.hpp>

#include <boost/intrusive/rbtree_algorithms.hpp>

namespace tupelo {
namespace {

struct node_traits {
  using node = timer_links;
  using node_ptr = timer_links*;
  using const_node_ptr = const timer_links*;
  using color = bool;

  static node_ptr get_parent(const_node_ptr n) noexcept { return n->parent; }
  static void set_parent(node_ptr n, node_ptr parent) noexcept { n->parent = parent; }
  static node_ptr get_left(const_node_ptr n) noexcept { return n->left; }
  static void set_left(node_ptr n, node_ptr left) noexcept { n->left = left; }
  static node_ptr get_right(const_node_ptr n) noexcept { return n->right; }
  static void set_right(node_ptr n, node_ptr right) noexcept { n->right = right; }
  static color get_color(const_node_ptr n) noexcept { return n->red; }
  static void set_color(node_ptr n, color c) noexcept { n->red = c; }
  static color black() noexcept { return false; }
  static color red() noexcept { return true; }
};

using tree = boost::intrusive::rbtree_algorithms<node_traits>;

struct due_before {
  bool operator()(const timer_links* a, const timer_links* b) const noexcept {
    return static_cast<const timer_node*>(a)->due_us < static_cast<const timer_node*>(b)->due_us;
  }
};

}  // namespace

timer_queue::timer_queue() noexcept { tree::init_header(&header_); }

void timer_queue::insert(timer_node& timer) noexcept {
  tree::init(&timer);
  tree::insert_equal_upper_bound(&header_, &timer, due_before{});
}

bool timer_queue::erase(timer_node& timer) noexcept {
  if (tree::unique(&timer)) return false;  // an inserted timer has a parent
  tree::erase(&header_, &timer);
  tree::init(&timer);
  return true;
}

timer_node* timer_queue::pop_due(std::int64_t now_us) noexcept {
  timer_node* const earliest = front();
  if (earliest == nullptr || earliest->due_us > now_us) return nullptr;
  erase(*earliest);
  return earliest;
}

timer_node* timer_queue::front() const noexcept {
  timer_links* const first = header_.left;
  return first == &header_ ? nullptr : static_cast<timer_node*>(first);
}

}  // namespace tupelo
